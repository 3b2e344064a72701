/** Where ids and secrets come from. */
import { randomBytes, randomUUID } from 'node:crypto'

/** Ids and secrets come from outside, so that a test can make them predictable. */
export interface Ids {
  uuid(): string
  /** A secret of so many characters of the alphabet. */
  secret(length: number, alphabet: string): string
}

export const ALPHANUMERIC = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
export const LOWER_ALPHANUMERIC = 'abcdefghijklmnopqrstuvwxyz0123456789'
export const DIGITS = '0123456789'

export const RANDOM_IDS: Ids = {
  uuid: randomUUID,
  secret(length, alphabet) {
    let secret = ''
    // Bytes beyond the last full round of the alphabet would make its first letters likelier.
    const limit = 256 - (256 % alphabet.length)
    while (secret.length < length)
      for (const byte of randomBytes(length))
        if (byte < limit && secret.length < length) secret += alphabet[byte % alphabet.length]
    return secret
  },
}
