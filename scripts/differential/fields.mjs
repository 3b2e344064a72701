// What is filled in, by flow and method.
import { OTHER_PASSWORD, PASSWORD } from './inputs.mjs'
import { traits } from './who.mjs'

export const METHOD_FIELDS = {
  login: {
    password: r => ({
      identifier: r.pick(['{{e1}}', '{{e1}}', '{{E1}}', '{{u1}}', '{{e2}}', 'nope', '']),
      password: r.weighted([
        [8, PASSWORD],
        [2, OTHER_PASSWORD],
        [0.5, ''],
      ]),
    }),
    code: r =>
      r.chance(0.5)
        ? { identifier: r.pick(['{{e1}}', '{{e2}}', 'nope']) }
        : {
            identifier: '{{e1}}',
            code: r.pick(['{{code:e1}}', '{{code:e1}}', '000000', 'x']),
            ...(r.chance(0.1) && { resend: 'code' }),
          },
    totp: r => ({ totp_code: r.pick(['{{totp}}', '000000', '', 'x']) }),
    lookup_secret: r => ({ lookup_secret: r.pick(['{{lookup}}', 'xxxxxxxx', '']) }),
    identifier_first: r => ({ identifier: r.pick(['{{e1}}', '{{E1}}', '{{u1}}', '{{e2}}', '']) }),
    oidc: r => ({
      provider: r.pick(['mock', 'mock', 'mock', 'nope']),
      upstream_parameters: { login_hint: r.pick(['{{e1}}', '{{e2}}']), prompt: 'none' },
    }),
  },
  registration: {
    password: (r, about) => ({
      traits: traits(r, about),
      password: r.weighted([
        [8, PASSWORD],
        [1, 'short'],
        [1, '{{e1}}'],
        [0.5, ''],
      ]),
    }),
    profile: (r, about) => ({
      traits: traits(r, about),
      ...(r.chance(0.2) && { screen: r.pick(['previous', 'credential-selection', 'nope']) }),
    }),
    code: (r, about) => ({
      traits: traits(r, about),
      ...(r.chance(0.5) && { code: r.pick(['{{code:e1}}', '{{code:e1}}', '000000']) }),
      ...(r.chance(0.1) && { resend: 'code' }),
    }),
    oidc: r => ({
      provider: 'mock',
      upstream_parameters: { login_hint: r.pick(['{{e1}}', '{{e2}}']), prompt: 'none' },
    }),
  },
  recovery: {
    code: r =>
      r.chance(0.5)
        ? { email: r.pick(['{{e1}}', '{{E1}}', '{{e2}}', 'nope', '']) }
        : {
            code: r.pick(['{{code:e1}}', '{{code:e1}}', '{{recoverycode}}', '000000', 'x']),
            ...(r.chance(0.1) && { email: '{{e1}}' }),
          },
    link: r => ({ email: r.pick(['{{e1}}', '{{e2}}', 'nope', '']) }),
  },
  verification: {
    code: r =>
      r.chance(0.5)
        ? { email: r.pick(['{{e1}}', '{{E1}}', '{{e2}}', 'nope', '']) }
        : {
            code: r.pick(['{{code:e1}}', '{{code:e1}}', '000000', 'x']),
            ...(r.chance(0.1) && { email: '{{e1}}' }),
          },
    link: r => ({ email: r.pick(['{{e1}}', '{{e2}}', 'nope', '']) }),
  },
  settings: {
    profile: (r, about) => ({ traits: traits(r, about) }),
    password: r => ({
      password: r.weighted([
        [6, OTHER_PASSWORD],
        [2, PASSWORD],
        [1, 'short'],
        [1, ''],
      ]),
    }),
    totp: r =>
      r.pick([
        { totp_code: '{{totp}}' },
        { totp_code: '000000' },
        { totp_unlink: true },
        { totp_unlink: 'true' },
        { totp_code: '' },
      ]),
    lookup_secret: r => ({
      [`lookup_secret_${r.pick(['regenerate', 'confirm', 'reveal', 'disable'])}`]: r.pick([
        true,
        'true',
        true,
        false,
        'x',
      ]),
    }),
    oidc: r => r.pick([{ link: 'mock' }, { unlink: 'mock' }, { link: 'nope' }, { unlink: 'nope' }]),
  },
}
