import { describe, expect, test } from 'vitest'
import {
  checkPassword,
  hashPassword,
  isKnownHash,
  verifyPassword,
} from '../../../src/emulator/identities/passwords.js'

const PASSWORD = 'ory-dev-password'

/** Made by other programs (Go, Python, OpenSSL) of {@link PASSWORD}. */
const IMPORTED = [
  '$2a$04$gilCmDB9I3tvq/5ZHdMne.SXm0MZ/KJKu/pDfLZqDfbyikOEz/Fzm',
  '$argon2id$v=19$m=64,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$9khQ/Qxwzqb5tmIXVk0ZmMVmZTU8gGR2QqVzCMxjrlA',
  '$argon2i$v=19$m=64,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$lnJdrYraZ0NuH3lDerjgOW0foJTX2R3q5cDA5dwInys',
  '$pbkdf2-sha256$i=1000,l=32$MDEyMzQ1Njc4OWFiY2RlZg$Dqh1WhwJXa+NPF0yc5+T7cr34zQp8dyzFfaMQ1ksSTU',
  '$pbkdf2-sha512$i=1000,l=32$MDEyMzQ1Njc4OWFiY2RlZg$2FubBhzYMIkELI4+h+h1s7NsMfUXgtV1tPq9U3FMcnE',
  '$scrypt$ln=16384,r=8,p=1$MDEyMzQ1Njc4OWFiY2RlZg==$vKYquIxoCEdUE/DNTGNcL3aIUZsxvqAHG+ACng97jfQ=',
  '{SSHA}utf0qQaG2l///+svArCqZSU8TO4wMTIzNDU2Nzg5YWJjZGVm',
  '{SSHA256}E98/XYqR2s0M/Z7MeIyZ2oq+7MLzNEpskRvncvTdfR8wMTIzNDU2Nzg5YWJjZGVm',
  '{SSHA512}X1cw9j7O94ePP4VuQQFEEJINkN2H1W/mnGTq/stjlsJXpnVkcO1OVvOzUxuX2pVGm3OnB7D2JQ7oSbFpA7xoJjAxMjM0NTY3ODlhYmNkZWY=',
  '$sha256$pf=e1NBTFR9JHtQQVNTV09SRH0=$MDEyMzQ1Njc4OWFiY2RlZg==$PCHlryCoLIidmmTfEtfHReOX7sbgGlmyf+opO3rBr3A=',
  '$md5$DQ4hHMmN05Rl8iVDSQXs+g==',
  '$md5$pf=e1NBTFR9JHtQQVNTV09SRH0=$MDEyMzQ1Njc4OWFiY2RlZg==$S/LuFXQX0exglOL+lkGFdQ==',
  '$hmac-sha256$NjE5MzU5MTMxMTU2YzU3MmY4Zjg4N2Y5ZWFmOGVhNmYyYTdjODlmNGQ5NGJiMDM2ZTliMGEwY2I1YzcwNzc2MQ==$a2V5',
  '$firescrypt$ln=10,r=8,p=1$c2FsdHNhbHQ=$CZwWYa6wv0Wr0WpFBg7OM++JSi4UDzjSbw7g2HroU/a+WDQM8WwvzWZCYFwsH9o6UJLxUpU5BNpoSY9CT65rhA==$Bw==$AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+Pw==',
]

describe('a hash from elsewhere', () => {
  test.for(IMPORTED)('%s is recognised by its password alone', async hash => {
    expect(isKnownHash(hash)).toBe(true)
    expect(await verifyPassword(PASSWORD, hash)).toBe(true)
    expect(await verifyPassword(`${PASSWORD}!`, hash)).toBe(false)
    expect(await verifyPassword('', hash)).toBe(false)
  })

  test.for([
    '',
    'plain',
    '$scrypt$',
    '$scrypt$ln=16384,r=8,p=1$AAAA$',
    '$scrypt$ln=99999999,r=8,p=1$AAAA$AAAA',
    '$argon2id$v=19$m=99999999,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$AAAA',
    '$pbkdf2-sha9$i=1,l=3$AAAA$AAAA',
    '$2a$31$gilCmDB9I3tvq/5ZHdMne.SXm0MZ/KJKu/pDfLZqDfbyikOEz/Fzm',
    '{SSHA}dG9vc2hvcnQ=',
    '$md5$pf=x$y$z',
  ])('that is broken or out of bounds, %j, fits no password', async hash => {
    expect(await verifyPassword(PASSWORD, hash)).toBe(false)
    expect(await verifyPassword('', hash)).toBe(false)
  })

  test('in an unknown notation is told apart', () => {
    expect(isKnownHash('plain')).toBe(false)
    expect(isKnownHash('$md5-crypt$abc$def')).toBe(true)
  })
})

describe('our own hashes', () => {
  test('are salted, and verified', async () => {
    const [one, two] = await Promise.all([hashPassword(PASSWORD), hashPassword(PASSWORD)])
    expect(one).not.toBe(two)
    expect(await verifyPassword(PASSWORD, one)).toBe(true)
    expect(await verifyPassword('other', one)).toBe(false)
  })
})

describe('the password policy', () => {
  const policy = {
    min_password_length: 8,
    identifier_similarity_check_enabled: true,
    haveibeenpwned_enabled: true,
    max_breaches: 0,
  }

  test('counts bytes, as Kratos does', () => {
    expect(checkPassword('1234567', [], policy)).toEqual({
      id: 4000032,
      text: 'The password must be at least 8 characters long, but got 7.',
      type: 'error',
      context: { min_length: 8, actual_length: 7 },
    })
    expect(checkPassword('ääää', [], policy)).toBeUndefined()
    expect(checkPassword('ä'.repeat(36), [], policy)).toBeUndefined()
    expect(checkPassword('ä'.repeat(37), [], policy)).toMatchObject({
      text: 'The password must be at most 72 characters long, but got 74.',
    })
  })

  test('knows how much bcrypt takes in', () => {
    expect(checkPassword('x1'.repeat(37), [], policy)).toMatchObject({
      id: 4000033,
      text: 'The password must be at most 72 characters long, but got 74.',
    })
  })

  test('knows the best-known of all leaked passwords, unless it is told not to look', () => {
    const message = {
      id: 4000034,
      text: 'The password has been found in data breaches and must no longer be used.',
      type: 'error',
    }
    for (const leaked of ['12345678', 'password', 'qwertyuiop', 'Password1']) {
      expect(checkPassword(leaked, ['ada@example.com'], policy)).toMatchObject(message)
      expect(checkPassword(leaked, [], { ...policy, haveibeenpwned_enabled: false })).toBeUndefined()
    }
    expect(checkPassword('12345678', [], { ...policy, max_breaches: 100 })).toMatchObject(message)
    expect(checkPassword('1234567', [], policy)).toMatchObject({ id: 4000032 })
    expect(checkPassword('password', ['password@example.com'], policy)).toMatchObject({ id: 4000031 })
    expect(checkPassword('ory-dev-password', [], policy)).toBeUndefined()
  })

  test.for<[string, string, boolean]>([
    ['ada@example.com', 'ada@example.com', true],
    ['ada@example.com', 'ADA@EXAMPLE.COM', true],
    ['ada@example.com', 'example.com', true],
    ['ada@example.com', 'example-1', true],
    ['ada@example.com', 'exam12345', false],
    ['ada@example.com', 'ory-dev-password', false],
    ['lovelace', 'lovelab9', true],
    ['lovelace', 'l0v3lac3', true],
    ['', 'ory-dev-password', false],
    ['a'.repeat(300), 'a'.repeat(60), false],
  ])('for %j, %j is too similar: %j', ([identifier, password, similar]) => {
    expect(checkPassword(password, [identifier], policy)?.id).toBe(similar ? 4000031 : undefined)
    expect(
      checkPassword(password, [identifier], { ...policy, identifier_similarity_check_enabled: false }),
    ).toBeUndefined()
  })
})
