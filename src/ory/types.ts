/** The Ory we talk to, and why it is this one. */
export interface OryTarget {
  /** Its public address, without a slash at the end of the path. */
  readonly url: URL
  /** For the banner: which option, variable or default chose it. */
  readonly why: string
  /** Sent along as `Ory-Base-URL-Rewrite-Token`: lets Ory Network's edge believe our address. */
  readonly apiKey?: string | undefined
  /** Gives back what was made for this run: a temporary API key. Never rejects. */
  readonly release?: (() => Promise<void>) | undefined
}
