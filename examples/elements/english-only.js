// @ory/elements-react carries 83 languages twice, 5 MB of JavaScript that no bundler can shake off. This leaves English.
const SECTION = /(?<=\n)\/\/ src\/locales\/(?!en\.json)[\w-]+\.json\nvar (\w+) = \{[\s\S]*?\n\};/g

/** A plugin for Vite's bundler; it fails when the package's files no longer look as they did, instead of doing nothing. */
export function englishOnly() {
  return {
    name: 'english-only',
    transform(code, id) {
      if (!/@ory\/elements-react\/dist\/.*index\.mjs/.test(id) || !code.includes('// src/locales/')) return
      const small = code.replace(SECTION, (_section, name) => `var ${name} = {};`)
      if (small.length > code.length / 2) throw new Error('english-only found no languages to leave out')
      return { code: small, map: null }
    },
  }
}
