import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { DIAGNOSES } from '../../src/diagnoses/table.js'
import { ERRORS } from '../../src/index.js'

test('every error is explained, and none that there is not', () => {
  const page = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8')
  const headings = page.split('\n').filter(line => line.startsWith('### '))
  const explained = headings.map(line => line.slice('### '.length)) // one each: the doctor names them as anchors
  expect(explained.toSorted()).toEqual(
    [...Object.keys(ERRORS), ...Object.keys(DIAGNOSES), 'JWKS_OTHER_KEY'].toSorted(),
  )
})
