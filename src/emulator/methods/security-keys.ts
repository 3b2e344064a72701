/** What Kratos has for security keys and passkeys, and the emulator has not: it answers as if switched off. */
import { decode, fields } from '../decode.js'
import type { Exchange } from '../http.js'
import type { Method } from './method.js'
import { disabledEndpoint, methodOf } from './submission.js'

const nothing = (): void => undefined
const completed = () => ({ method: 'password', aal: 'aal1' }) as const

function refuse(x: Exchange, ...names: string[]): undefined {
  const given = decode(x, fields('string', ...names), { methods: ['POST', 'PUT', 'PATCH', 'GET'] })
  if (names.some(name => given[name] !== undefined)) throw disabledEndpoint()
  return undefined
}

export const webauthn: Method = {
  id: 'webauthn',
  group: 'default',
  enabled: () => false,
  login: {
    level: () => 'aal1',
    completed,
    async submit(x, flow) {
      if (flow.type === 'browser' && methodOf(x) === 'webauthn') throw disabledEndpoint()
      return undefined
    },
  },
}

export const passkey: Method = {
  id: 'passkey',
  group: 'default',
  enabled: () => false,
  login: {
    level: () => 'aal1',
    completed,
    async submit(x) {
      if (methodOf(x) === 'passkey') throw disabledEndpoint()
      return refuse(x, 'passkey_login')
    },
  },
  registration: {
    populateProfile: nothing,
    populateCredentials: nothing,
    populateOneStep: nothing,
    submit: async x => refuse(x, 'passkey_register'),
  },
  settings: {
    populate: nothing,
    read: x => refuse(x, 'passkey_register', 'passkey_remove'),
    apply: async () => undefined,
    mend: nothing,
  },
}
