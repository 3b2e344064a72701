import { type Check, check, lineAt, type SourceFile } from './types.js'

/** Configurations of dev servers: who gets `/.ory` before us, and whether we are there twice. */
export function checkBundlers(files: readonly SourceFile[]): Check[] {
  return files.flatMap(({ file, text: written }) => {
    const text = withoutComments(written)
    const found: Check[] = []
    const proxy = /\bproxy\s*:/.exec(text)
    const mount = proxy && /["'`]\^?\/\.ory(?:\/[^"'`]*)?["'`]/.exec(text.slice(proxy.index))
    if (mount) {
      const line = lineAt(text, proxy.index + mount.index)
      const message = 'The dev server’s own proxy takes /.ory, too.'
      found.push(
        check({
          code: 'PROXY_TAKES_MOUNT',
          level: 'error',
          file,
          line,
          message,
          fix: 'Take that line out: ory-proxy answers there.',
        }),
      )
    }
    const name =
      /import\s*\{[^}]*\bory(?:\s+as\s+(\w+))?[^}]*\}\s*from\s*['"]ory-proxy\/(?:vite|rsbuild)['"]/.exec(text)
    const used = name ? (name[1] ?? 'ory') : /ory-proxy\/webpack/.test(text) ? 'withOry' : undefined
    const calls = used === undefined ? [] : [...text.matchAll(new RegExp(`(?<![\\w.])${used}\\(`, 'g'))]
    if (calls.length > 1) {
      const line = lineAt(text, calls[1]!.index)
      const message = `${used}() is there ${calls.length} times: only the first one counts.`
      found.push(
        check({
          code: 'PLUGIN_TWICE',
          level: 'error',
          file,
          line,
          message,
          fix: 'Keep one, with all options.',
        }),
      )
    }
    return found
  })
}

const PARSER = /\b(?:express\.(?:json|urlencoded|text|raw)|bodyParser(?:\.\w+)?)\(/

/** A body parser in front of us has read what we should hand on. */
export function checkServers(files: readonly SourceFile[]): Check[] {
  return files.flatMap(({ file, text: written }) => {
    const text = withoutComments(written)
    const ours = /\b(?:const|let)\s+(\w+)\s*=\s*await\s+createOryMiddleware\(/.exec(text)
    if (!ours) return []
    const use = text.search(new RegExp(`\\.use\\(\\s*(?:await\\s+)?(?:${ours[1]})\\b`))
    const parser = PARSER.exec(text)
    if (!parser || use < 0 || parser.index > use) return []
    const message = 'A body parser comes before ory-proxy: forms reach Ory empty.'
    const fix = `Put app.use(${ours[1]}) in front of it.`
    return [
      check({
        code: 'BODY_PARSER_FIRST',
        level: 'error',
        file,
        line: lineAt(text, parser.index),
        message,
        fix,
      }),
    ]
  })
}

/** Blank, so that lines keep their numbers; what follows a colon is an address. */
const withoutComments = (text: string): string =>
  text.replace(/\/\*[\s\S]*?\*\/|(?<=^|[^:'"`])\/\/[^\n]*/g, comment => comment.replace(/[^\n]/g, ' '))
