import { expect, test } from 'vitest'
import { fromJson, load } from '../../src/gotemplate/index.js'

const render = (text: string, data: unknown = {}): string =>
  load('mail.gotmpl', new Map([['mail.gotmpl', text]]), false).render(fromJson(data))

test.for<[string, string]>([
  ['a\n  {{ .x.y }}', 'mail.gotmpl:2:6: nil pointer evaluating interface {}.y'],
  ['{{ upper 5 }}', 'mail.gotmpl:1:4: error calling upper: wrong type for value; expected string; got int'],
  ['\n{{ nope }}', 'mail.gotmpl:2:4: function "nope" not defined'],
  ['{{ if .x }}', 'mail.gotmpl:1:1: {{if}} has no {{end}}'],
  ['{{ template "x" }}', 'mail.gotmpl:1:1: template "x" not defined'],
  ['{{ "open }}', 'mail.gotmpl:1:4: unexpected "\\"" in an action'],
])('%j is refused with its place', ([text, message]) => {
  expect(() => render(text, { x: null })).toThrow(message)
})

test.for<[string, string]>([
  ['{{ define "a" }}{{ template "a" . }}{{ end }}{{ template "a" . }}', 'more than 100 deep'],
  ['{{ range 1000 }}{{ range 1000 }}{{ . }}{{ end }}{{ end }}', 'more than 200000 steps'],
  ['{{ range 100 }}{{ repeat 1000000 "x" }}{{ end }}', 'more than 1048576 characters'],
  ['{{ repeat 100000000 "x" }}', 'is too much'],
  ['{{ until 100000000 }}', 'is too long'],
])('%s ends', ([text, message]) => {
  expect(() => render(text)).toThrow(message)
})

test('what is not wrong is rendered although it is long', () => {
  expect(render('{{ range 1000 }}x{{ end }}')).toBe('x'.repeat(1000))
})
