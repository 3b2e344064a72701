/** Whether an origin is one of those listed; `https://*.app.test` stands for everything below app.test. */
export function isListedOrigin(origin: string, listed: readonly string[]): boolean {
  return listed.some(rule => {
    const star = rule.indexOf('://*.')
    if (star < 0) return rule.replace(/\/$/, '').toLowerCase() === origin
    const end = rule.slice(star + '://*'.length).toLowerCase()
    const name = origin.slice(star + '://'.length, -end.length)
    return (
      origin.startsWith(rule.slice(0, star + '://'.length)) && origin.endsWith(end) && /^[\w.-]+$/.test(name)
    )
  })
}
