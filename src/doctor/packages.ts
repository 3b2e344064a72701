import { type Check, check, type SourceFile } from './types.js'

/** The oldest major that speaks with today's Ory, of the packages that had another one. */
const OLDEST: Readonly<Record<string, number>> = {
  '@ory/client': 1,
  '@ory/kratos-client': 1,
  '@ory/elements': 1,
  '@ory/integrations': 1,
}

/** Packages that hand each other's objects on. */
const FAMILIES: readonly (readonly string[])[] = [
  ['@ory/client', '@ory/client-fetch'],
  ['@ory/elements', '@ory/elements-react'],
]

/** Old and mixed `@ory/*` packages. */
export function checkPackages({ file, text }: SourceFile): Check[] {
  const found = versionsIn(text)
  const lineOf = (name: string): number => text.slice(0, text.indexOf(`"${name}"`)).split('\n').length
  const one = (name: string, message: string, fix: string): Check =>
    check({ code: 'ORY_PACKAGES', level: 'warning', file, line: lineOf(name), message, fix })
  const old = [...found].filter(([name, major]) => major < (OLDEST[name] ?? 0))
  const mixed = FAMILIES.filter(family => family.filter(name => found.has(name)).length > 1)
  return [
    ...old.map(([name, major]) =>
      one(name, `${name} ${major} is of an older Ory.`, `npm install ${name}@latest`),
    ),
    ...mixed.map(family =>
      one(family[0]!, `${family.join(' and ')} do not fit together.`, `Keep ${family[1]}.`),
    ),
  ]
}

function versionsIn(text: string): Map<string, number> {
  try {
    const { dependencies, devDependencies } = JSON.parse(text) as Record<
      string,
      Record<string, string> | undefined
    >
    const all = Object.entries({ ...devDependencies, ...dependencies }).filter(([name]) =>
      name.startsWith('@ory/'),
    )
    return new Map(
      all.flatMap(([name, range]): [string, number][] => {
        const major = /(\d+)\./.exec(range)?.[1]
        return major === undefined ? [] : [[name, Number(major)]]
      }),
    )
  } catch {
    return new Map() // npm says so itself
  }
}
