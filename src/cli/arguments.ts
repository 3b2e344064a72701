import { InvalidArgumentError } from 'commander'

/** `3000`, `localhost:3000` and whole addresses. */
export function parseAppUrl(text: string): string {
  const full = /^\d+$/.test(text)
    ? `http://localhost:${text}`
    : /^https?:\/\//i.test(text)
      ? text
      : `http://${text}`
  if (URL.canParse(full) && new URL(full).hostname !== '') return full
  throw new InvalidArgumentError('Give the address of your app, like http://localhost:3000.')
}

/** A TCP port; 0 takes a free one. */
export function parsePort(text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= 65535) return port
  throw new InvalidArgumentError('Give a number from 0 to 65535, like 4000.')
}

/** Whole or broken seconds. */
export function parseSeconds(text: string): number {
  const seconds = Number(text)
  if (text.trim() !== '' && Number.isFinite(seconds) && seconds >= 0) return seconds
  throw new InvalidArgumentError('Give a number of seconds, like 10.')
}

/** Comma-separated, and the flag may be repeated. */
export function parseList(text: string, before: readonly string[] | undefined): string[] {
  return [
    ...(before ?? []),
    ...text
      .split(',')
      .map(part => part.trim())
      .filter(Boolean),
  ]
}
