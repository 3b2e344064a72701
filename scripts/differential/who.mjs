// Who asks, for what, and as whom.
import { ODD, ODD_JSON } from './inputs.mjs'
import { HTML, JSON_TYPE } from './steps.mjs'

export const client = r =>
  r.weighted([
    [6, 'b1'],
    [1, 'b2'],
    [3, 'n'],
  ])
export const accept = (r, who) =>
  who === 'n'
    ? r.weighted([
        [9, JSON_TYPE],
        [1, '*/*'],
      ])
    : r.weighted([
        [5, JSON_TYPE],
        [5, HTML],
        [0.3, '*/*'],
        [0.3, 'text/html;q=0.1, application/json'],
      ])
export const person = r => r.pick(['e1', 'e1', 'e1', 'e2', 'E1'])

export function traits(r, about, who = person(r)) {
  const given = { email: `{{${who}}}` }
  if (about.traits.includes('username')) given.username = r.chance(0.9) ? `{{u${who[1]}}}` : r.pick(ODD)
  if (about.traits.includes('plan') && r.chance(0.3)) given.plan = r.pick(['free', 'pro', 'gold', ''])
  if (about.traits.includes('tags') && r.chance(0.3)) given.tags = r.pick([['a'], ['a', 'b'], [], 'x', {}])
  if (about.traits.includes('age') && r.chance(0.3)) given.age = r.pick([18, 5, '20', 'x', 1e20, 1.5])
  if (about.traits.includes('newsletter') && r.chance(0.3))
    given.newsletter = r.pick([true, 'true', 'on', 'no', 0])
  if (about.traits.includes('address') && r.chance(0.3))
    given.address = r.pick([
      { zip: '12345' },
      { zip: 'x' },
      {},
      [],
      { foo: 1 },
      { zip: '12345', country: 'DE' },
    ])
  if (about.traits.includes('name') && r.chance(0.4))
    given.name = r.pick([{ first: 'Ada' }, { first: 'Ada', last: 'L' }, {}, 'Ada', [], { foo: 'x' }])
  if (r.chance(0.05)) given.email = r.pick(ODD_JSON)
  if (r.chance(0.03)) given[r.pick(['foo', 'a.b', 'EMAIL'])] = r.pick(ODD_JSON)
  return r.chance(0.03) ? r.pick(ODD_JSON) : given
}
