/** `/dev/faults`: answers that come late or not as they should. */

import type { Exchange } from '../http/exchange.js'
import { FAULTY, type Fault } from '../http/faults.js'
import { badRequest, Problem } from '../http/kratos-errors.js'
import { attributes, type Html, html } from '../pages/index.js'
import type { JsonObject } from '../store/model.js'
import { durationOf, inputOf, textOf } from './input.js'
import { type Done, rootOf, type View } from './tool.js'
import type { DevTools } from './types.js'

export function listFaults(x: Exchange, dev: DevTools): View {
  const faults = dev.faults.list()
  const action = `${rootOf(x)}/dev/faults`
  const input = inputOf(x)
  const field = (name: string, label: string, attrs: Record<string, string | boolean>): Html =>
    html`<div class="field"><label for="${name}">${label}${!attrs['required'] && html` <span class="optional">optional</span>`}</label>
<input${attributes({ id: name, name, value: textOf(input, name), autocomplete: 'off', ...attrs })}></div>
`
  return {
    json: faults,
    title: 'Faults',
    lead: 'Answers of the self-service and sessions API that come late, or as an error.',
    layout: { wide: true },
    body: html`${
      faults.length > 0 &&
      html`<form action="${action}" method="post"><ul class="list">
${faults.map(row)}</ul></form>
<form action="${action}" method="post"><button class="plain" type="submit" name="clear" value="true">Remove all</button></form>
`
    }<form class="fields" action="${action}" method="post">
${field('path', 'Path', { required: true, placeholder: '/sessions/whoami or /self-service/*' })}${field('method', 'Method', { placeholder: 'any' })}${field('status', 'Status', { inputmode: 'numeric', placeholder: 'as it is, or 503' })}${field('delay', 'Delay', { placeholder: '2s' })}${field('count', 'How often', { inputmode: 'numeric', placeholder: 'always' })}<button type="submit">Add</button></form>
`,
  }
}

function row({ id, path, method = 'any method', delay, status, count }: Fault): Html {
  const effect = [delay && `${delay} ms late`, status && `with status ${status}`].filter(Boolean).join(', ')
  const often = count === undefined ? 'always' : `${count} more times`
  return html`<li><div><code>${path}</code><p class="hint">${method}, ${effect}, ${often}</p></div>
<button type="submit" name="remove" value="${id}" class="quiet" aria-label="Remove the fault of ${path}">Remove</button></li>
`
}

/** `POST /dev/faults`: `{"path": "/sessions/whoami", "status": 503, "count": 2, "delay": "2s"}`, `{"remove": 1}` or `{"clear": true}` */
export function changeFaults(x: Exchange, dev: DevTools): Done {
  const input = inputOf(x)
  if (input['clear']) dev.faults.clear()
  else if (input['remove'] !== undefined) remove(dev, Number(input['remove']))
  else return { status: 201, json: dev.faults.add(faultOf(input)) }
  return { json: dev.faults.list() }
}

function remove(dev: DevTools, id: number): void {
  if (!dev.faults.remove(id)) throw new Problem(404, { reason: `There is no fault with the id ${id}.` })
}

function faultOf(input: JsonObject): Omit<Fault, 'id'> {
  const path = String(input['path'] ?? '')
  if (!FAULTY.test(path))
    throw badRequest(
      '"path" is a path of the self-service or sessions API, like /sessions/whoami or /self-service/*.',
    )
  const method = optional(input, 'method')?.toUpperCase()
  const status = whole(input, 'status', 200, 599)
  const count = whole(input, 'count', 1, Number.MAX_SAFE_INTEGER)
  const given = optional(input, 'delay')
  const delay = given === undefined ? undefined : durationOf(input['delay'], 'delay')
  if (delay !== undefined && !(delay >= 0 && delay <= MAX_DELAY_MS))
    throw badRequest('"delay" is at most a minute.')
  if (status === undefined && !delay) throw badRequest('Say what should happen: "status", "delay" or both.')
  return {
    path,
    ...(method && { method }),
    ...(count !== undefined && { count }),
    ...(delay !== undefined && { delay }),
    ...(status !== undefined && { status }),
  }
}

const MAX_DELAY_MS = 60_000

function optional(input: JsonObject, name: string): string | undefined {
  const value = input[name]
  return value === undefined || value === null || value === '' ? undefined : String(value)
}

function whole(input: JsonObject, name: string, min: number, max: number): number | undefined {
  const text = optional(input, name)
  if (text === undefined) return undefined
  const value = Number(text)
  if (Number.isSafeInteger(value) && value >= min && value <= max) return value
  throw badRequest(`"${name}" is a whole number from ${min}${max < 1000 ? ` to ${max}` : ''}.`)
}
