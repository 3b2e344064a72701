/** `/dev/clock`: flows, codes, sessions and JWTs all live by it. */
import { isoTime } from '../core.js'
import { type Answer, type Exchange, json } from '../http.js'
import { badRequest } from '../kratos-errors.js'
import type { JsonObject } from '../model.js'
import { html } from '../pages/index.js'
import type { DevTools } from './index.js'
import { answerAs, durationOf, inputOf } from './input.js'

export function showClock(x: Exchange, dev: DevTools): Answer {
  const shown = clockJson(dev)
  return answerAs(x, shown, () => ({
    title: 'Clock',
    body: html`<div class="card"><h1>Clock</h1>
<dl><dt>Now</dt><dd><time datetime="${String(shown['now'])}">${String(shown['now'])}</time></dd>
<dt>Ahead by</dt><dd>${Math.round(Number(shown['offset']) / 1000)} s</dd><dt>Frozen</dt><dd>${shown['frozen'] ? 'yes' : 'no'}</dd></dl>
<form action="clock" method="post"><div class="field"><label for="advance">Advance by</label>
<input id="advance" name="advance" value="1h" required></div><button type="submit">Advance</button></form>
<form action="clock" method="post"><button class="quiet" type="submit" name="${shown['frozen'] ? 'resume' : 'freeze'}" value="true">${shown['frozen'] ? 'Let it run' : 'Freeze'}</button></form>
<form action="clock" method="post"><button class="plain" type="submit" name="reset" value="true">Back to the real time</button></form>
</div>`,
  }))
}

function clockJson({ clock }: DevTools): JsonObject {
  return { now: isoTime(clock.now()), frozen: clock.frozen, offset: clock.offset }
}

const ORDERS = ['advance', 'set', 'freeze', 'resume', 'reset'] as const

/** `POST /dev/clock`: `{"advance": "1h"}`, `{"set": "2030-01-01T00:00:00Z"}`, `{"freeze": true}`, `{"resume": true}`, `{"reset": true}` */
export function turnClock(x: Exchange, dev: DevTools): Answer {
  const input = inputOf(x)
  const orders = ORDERS.filter(order => input[order] !== undefined && input[order] !== false)
  if (orders.length === 0) throw badRequest(`Say one of ${ORDERS.join(', ')}.`)
  const apply: (() => void)[] = orders.map(order => prepare(order, input, dev))
  for (const step of apply) step()
  return isForm(x) ? showClock(x, dev) : json(200, clockJson(dev))
}

const isForm = (x: Exchange): boolean =>
  x.header('content-type').startsWith('application/x-www-form-urlencoded')

/** Everything is looked at before anything is done. */
function prepare(order: (typeof ORDERS)[number], input: JsonObject, { clock }: DevTools): () => void {
  switch (order) {
    case 'advance': {
      const by = durationOf(input['advance'], 'advance')
      requireDate(clock.now() + by)
      return () => clock.advance(by)
    }
    case 'set': {
      const time = typeof input['set'] === 'number' ? input['set'] : Date.parse(String(input['set']))
      requireDate(time)
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

function requireDate(time: number): void {
  if (Number.isNaN(new Date(time).getTime())) throw badRequest('That is not a time.')
}
