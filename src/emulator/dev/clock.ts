/** `/dev/clock`: flows, codes and sessions all live by it; a JWT's own times are the machine's. */

import type { Exchange } from '../http/exchange.js'
import { badRequest } from '../http/kratos-errors.js'
import { html, renderTime } from '../pages/index.js'
import { isoTime } from '../store/clock.js'
import type { Json, JsonObject } from '../store/model.js'
import { durationOf, durationText, inputOf } from './input.js'
import { type Done, rootOf, type View } from './tool.js'
import type { DevTools } from './types.js'

export function showClock(x: Exchange, dev: DevTools): View {
  const { clock } = dev
  const action = `${rootOf(x)}/dev/clock`
  return {
    json: clockJson(dev),
    title: 'Clock',
    lead: 'Flows, codes and sessions all live by it.',
    body: html`<dl><dt>It is</dt><dd>${renderTime(isoTime(clock.now()))}${clock.frozen && ', and stays so'}</dd>
<dt>Ahead by</dt><dd>${durationText(clock.offset)}</dd></dl>
<form class="inline" action="${action}" method="post"><div class="field"><label for="advance">Advance by</label>
<input id="advance" name="advance" value="1h" required autocomplete="off"></div><button type="submit">Advance</button></form>
<form class="inline" action="${action}" method="post"><div class="field"><label for="set">Or set it to</label>
<input id="set" name="set" value="${isoTime(clock.now()).slice(0, 19)}Z" required autocomplete="off"></div><button type="submit" class="quiet">Set</button></form>
<form action="${action}" method="post"><button class="quiet" type="submit" name="${clock.frozen ? 'resume' : 'freeze'}" value="true">${clock.frozen ? 'Let it run' : 'Freeze'}</button></form>
<form action="${action}" method="post"><button class="plain" type="submit" name="reset" value="true">Back to the real time</button></form>
`,
  }
}

function clockJson({ clock }: DevTools): JsonObject {
  return { now: isoTime(clock.now()), frozen: clock.frozen, offset: clock.offset }
}

/** As they are carried out: one that is to stand still stands at the time that is set, not a moment later. */
const ORDERS = ['freeze', 'advance', 'set', 'resume', 'reset'] as const

/** `POST /dev/clock`: `{"advance": "1h"}`, `{"set": "2030-01-01T00:00:00Z"}`, `{"freeze": true}`, `{"resume": true}`, `{"reset": true}` */
export function turnClock(x: Exchange, dev: DevTools): Done {
  const input = inputOf(x)
  const orders = ORDERS.filter(order => input[order] !== undefined && input[order] !== false)
  if (orders.length === 0) throw badRequest(`Say one of ${ORDERS.join(', ')}.`)
  const apply: (() => void)[] = orders.map(order => prepare(order, input, dev))
  for (const step of apply) step()
  return { json: clockJson(dev) }
}

/** Everything is looked at before anything is done. */
function prepare(order: (typeof ORDERS)[number], input: JsonObject, { clock }: DevTools): () => void {
  switch (order) {
    case 'advance': {
      const by = durationOf(input['advance'], 'advance')
      requireDate(clock.now() + by, input['advance'])
      return () => clock.advance(by)
    }
    case 'set': {
      const time = typeof input['set'] === 'number' ? input['set'] : Date.parse(String(input['set']))
      requireDate(time, input['set'])
      return () => clock.set(time)
    }
    case 'freeze':
      return () => clock.freeze()
    case 'resume':
      return () => clock.resume()
    case 'reset':
      return () => clock.reset()
  }
}

function requireDate(time: number, given: Json | undefined): void {
  if (!Number.isNaN(new Date(time).getTime())) return
  throw badRequest(
    `${JSON.stringify(given)} is not a time, or leads to none: say one like 2030-01-01T00:00:00Z.`,
  )
}
