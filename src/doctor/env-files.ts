import { type Check, check, type SourceFile } from './types.js'

/** What front-end tools put into code that browsers run. */
const CLIENT = /^(?:VITE|NEXT_PUBLIC|NUXT_PUBLIC|PUBLIC|REACT_APP|EXPO_PUBLIC)_/

const LINE = /^\s*(?:export\s+)?([A-Z][A-Z0-9_]*)\s*=\s*["']?([^"'\s#]+)/

/** The assignments of an env file. */
export function assignments({ text }: SourceFile): { name: string; value: string; line: number }[] {
  return text.split('\n').flatMap((content, i) => {
    const [, name, value] = LINE.exec(content) ?? []
    return name !== undefined && value !== undefined ? [{ name, value, line: i + 1 }] : []
  })
}

/** Addresses of Ory that pages call past `/.ory`: its cookies belong to another origin there. Builds have addresses of their own. */
export function checkEnvFiles(files: readonly SourceFile[]): Check[] {
  return files
    .filter(({ file }) => !/production|example|sample|template/.test(file))
    .flatMap(source =>
      assignments(source)
        .filter(({ name, value }) => CLIENT.test(name) && /ORY|KRATOS/.test(name) && goesPast(value))
        .map(({ name, value, line }) =>
          check({
            code: 'SDK_PAST_MOUNT',
            level: 'error',
            file: source.file,
            line,
            message: `${name} sends pages to ${new URL(value).origin}, past /.ory: cookies of another origin, and no JWT.`,
            fix: `Write ${name}=/.ory, and name the Ory for ory-proxy as ORY_SDK_URL=${new URL(value).origin}.`,
          }),
        ),
    )
}

function goesPast(value: string): boolean {
  if (!/^https?:/.test(value) || !URL.canParse(value)) return false
  return !/^\/\.ory(?:\/|$)/.test(new URL(value).pathname)
}
