/** Stores of trusted certificates, and what goes into them. */

/** What is to be trusted, and what the stores know it by. */
export interface Anchor {
  /** PEM, without a key. */
  readonly file: string
  readonly name: string
  /** SHA-1 of the DER form, in hex: the one that `security` and Windows' certutil find a certificate by. */
  readonly sha1: string
}

/** One place of the user's own where a browser looks up whom it trusts. */
export interface TrustStore {
  /** As in `Firefox (default-esr)`. */
  readonly name: string
  /** Whether changing it opens a dialog of the operating system. */
  readonly asks: boolean
  isTrusted(anchor: Anchor): Promise<boolean>
  /** @returns why it did not work, as the end of a sentence; nothing when it is trusted now */
  trust(anchor: Anchor): Promise<string | undefined>
  /** Takes out this one. */
  untrust(anchor: Anchor): Promise<void>
  /** Takes out whatever we ever put in, as far as that can be told. */
  untrustAll?(): Promise<void>
}

/** The stores of this user, or why there are none that we can write. */
export interface Stores {
  readonly stores: readonly TrustStore[]
  readonly problem?: string
}
