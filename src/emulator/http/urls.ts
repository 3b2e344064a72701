/** Adds to a URL's query, keeping the rest of its text as it is. Sorted by name, as Go encodes it. */
export function withQuery(url: string, add: Readonly<Record<string, string>>): string {
  const [rest = '', fragment] = url.split('#', 2)
  const [path = '', query = ''] = rest.split('?', 2)
  const params = new URLSearchParams(query)
  for (const [name, value] of Object.entries(add)) params.set(name, value)
  params.sort()
  return `${path}?${params}${fragment === undefined ? '' : `#${fragment}`}`
}
