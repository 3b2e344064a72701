/** Path and names of the query's parameters: values are where codes and tokens are, and a name alone may be one. */
export function withoutValues(target: string): string {
  const end = target.indexOf('?')
  if (end < 0) return target
  const [path = '', query = ''] = target.split('?', 2)
  if (query === '') return path
  const pairs = query.split('&').filter(pair => pair.includes('='))
  const keys = [...new URLSearchParams(pairs.join('&')).keys()]
  return keys.length > 0 ? `${path}?${keys.map(key => `${key}=…`).join('&')}` : path
}
