/** `/dev/faults`: answers that come late or not as they should. */

import { FAULTY, type Fault } from '../faults.js'
import { type Answer, type Exchange, json } from '../http.js'
import { badRequest, Problem } from '../kratos-errors.js'
import type { JsonObject } from '../model.js'
import { html } from '../pages/index.js'
import type { DevTools } from './index.js'
import { answerAs, durationOf, inputOf } from './input.js'

export function listFaults(x: Exchange, dev: DevTools): Answer {
  const faults = dev.faults.list()
  return answerAs(x, faults, () => ({
    title: 'Faults',
    wide: true,
    body: html`<div class="card"><h1>Faults</h1>
<p class="lead">Answers of the self-service and sessions API that come late, or as an error.</p>
<table><thead><tr><th scope="col">Path</th><th scope="col">Method</th><th scope="col">Delay</th><th scope="col">Status</th><th scope="col">Left</th></tr></thead><tbody>
${faults.map(fault => html`<tr><td><code>${fault.path}</code></td><td>${fault.method ?? 'any'}</td><td>${fault.delay ?? 0} ms</td><td>${fault.status ?? 'as it is'}</td><td>${fault.count ?? 'always'}</td></tr>`)}</tbody></table>
<form action="faults" method="post"><div class="field"><label for="path">Path</label><input id="path" name="path" value="/sessions/whoami" required></div>
<div class="field"><label for="status">Status <span class="optional">optional</span></label><input id="status" name="status" inputmode="numeric" placeholder="503"></div>
<div class="field"><label for="delay">Delay <span class="optional">optional</span></label><input id="delay" name="delay" placeholder="2s"></div>
<div class="field"><label for="count">How often <span class="optional">optional</span></label><input id="count" name="count" inputmode="numeric"></div>
<button type="submit">Add</button></form>
<form action="faults" method="post"><button class="quiet" type="submit" name="clear" value="true">Remove all</button></form></div>`,
  }))
}

/** `POST /dev/faults`: `{"path": "/sessions/whoami", "status": 503, "count": 2, "delay": "2s"}`, `{"remove": 1}` or `{"clear": true}` */
export function changeFaults(x: Exchange, dev: DevTools): Answer {
  const input = inputOf(x)
  if (input['clear']) dev.faults.clear()
  else if (input['remove'] !== undefined) remove(dev, Number(input['remove']))
  else {
    const added = dev.faults.add(faultOf(input))
    if (!x.header('content-type').startsWith('application/x-www-form-urlencoded')) return json(201, added)
  }
  return listFaults(x, dev)
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
