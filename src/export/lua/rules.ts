/** Rules of `protect` and of CORS as patterns of Lua, which knows no regular expressions. */

/** A text as a Lua string. */
export const luaText = (text: string): string => JSON.stringify(text)

const escaped = (text: string): string => text.replace(/[^\w/]/g, '%$&')

/** `/app/*` is `/app` and all below it: two patterns; `*` between slashes is one segment. */
export function luaPatterns(rule: string): string[] {
  const path = rule
    .replace(/\/?\*?$/, '')
    .split('*')
    .map(escaped)
    .join('[^/]+')
  return rule.endsWith('/*') ? [`^${path}$`, `^${path}/.*$`] : [`^${path}/?$`]
}

/** `https://*.app.test` stands for everything below app.test. */
export const luaOrigin = (rule: string): string =>
  `^${escaped(rule.replace(/\/$/, '').toLowerCase()).replace('//%*%.', '//[%w.-]+%.')}$`

/** A table of texts. */
export const luaList = (texts: readonly string[]): string => `{ ${texts.map(luaText).join(', ')} }`
