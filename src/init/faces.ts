import type { Manifest, Project } from './project.js'

/** Which of our faces fits, and why. */
export type Fit =
  | { readonly face: 'vite' | 'rsbuild' | 'webpack'; readonly file: string; readonly why: string }
  | { readonly face: 'command'; readonly app: string; readonly why: string }
  | { readonly face: 'none'; readonly why: string }

/** Dev servers of frameworks that hand no configuration of Vite's or webpack's to people, and the port they take. */
const FRAMEWORKS: readonly (readonly [dependency: string, name: string, port: number])[] = [
  ['next', 'Next', 3000],
  ['nuxt', 'Nuxt', 3000],
  ['astro', 'Astro', 4321],
  ['@angular/cli', 'Angular', 4200],
  ['@docusaurus/core', 'Docusaurus', 3000],
  ['gatsby', 'Gatsby', 8000],
  ['ember-cli', 'Ember', 4200],
  ['react-scripts', 'Create React App', 3000],
  ['@vue/cli-service', 'Vue CLI', 8080],
  ['@quasar/app-vite', 'Quasar', 9000],
  ['@nestjs/core', 'NestJS', 3000],
  ['express', 'Express', 3000],
  ['fastify', 'Fastify', 3000],
  ['hono', 'Hono', 3000],
]

const BUNDLERS = [
  { face: 'vite', needs: 'vite', name: 'Vite', oldest: 6, config: /^vite\.config\.[cm]?[jt]s$/ },
  {
    face: 'rsbuild',
    needs: '@rsbuild/core',
    name: 'Rsbuild',
    oldest: 2,
    config: /^rsbuild\.config\.[cm]?[jt]s$/,
  },
  {
    face: 'webpack',
    needs: 'webpack-dev-server',
    name: 'webpack-dev-server',
    oldest: 4,
    config: /^webpack\.config\.[cm]?[jt]s$/,
  },
] as const

const DEFAULT_PORT = { vite: 5173, rsbuild: 3000, webpack: 8080 } as const

/** A plugin where a dev server takes one: it needs no terminal of its own. The command for everything else. */
export function fitting(project: Project): Fit {
  const { manifest, files } = project
  if (!manifest) {
    return {
      face: 'command',
      app: 'http://localhost:3000',
      why: 'There is no package.json here: the command serves any app.',
    }
  }
  const framework = FRAMEWORKS.find(([dependency]) => dependency in manifest.packages)
  for (const { face, needs, name, oldest, config } of BUNDLERS) {
    const file = files.find(candidate => config.test(candidate)) ?? firstConfig(manifest, face, framework)
    if (!file || !(needs in manifest.packages)) continue
    const major = majorOf(manifest.packages[needs]!)
    if (major !== undefined && major < oldest) {
      return command(
        project,
        DEFAULT_PORT[face],
        `${name} ${major} is older than our plugin, which begins with ${oldest}`,
      )
    }
    return { face, file, why: WHY_PLUGIN(name) }
  }
  if (framework) {
    const [, name, port] = framework
    return command(project, port, `${name} takes no plugin of ours`)
  }
  if (manifest.workspaces) {
    return { face: 'none', why: 'This is the root of a workspace: run it in the folder of the app.' }
  }
  return command(project, 3000, 'No dev server is known here')
}

const WHY_PLUGIN = (name: string): string =>
  `${name} takes a plugin: Ory and the app are on the dev server’s own origin.`

/** Vite's simplest templates start it without a configuration: the one that is made then. */
function firstConfig({ scripts, type }: Manifest, face: string, framework: unknown): string | undefined {
  if (face !== 'vite' || framework || !Object.values(scripts).some(startsVite)) return undefined
  return type === 'module' ? 'vite.config.js' : 'vite.config.mjs'
}

const startsVite = (script: string): boolean =>
  /(?:^|[;&|]\s*)vite(?:\s+(?:dev|serve|--?\w.*))?\s*(?:$|[;&|])/.test(script)

function command({ manifest }: Project, port: number, because: string): Fit {
  const start = manifest?.scripts['dev'] ?? manifest?.scripts['start'] ?? ''
  const given = /(?:--port[= ]|-p[= ]?|\bPORT=)(\d{2,5})\b/.exec(start)?.[1]
  const why = `${because}: the command stands in front of it.`
  return { face: 'command', app: `http://localhost:${given ?? port}`, why }
}

const majorOf = (range: string): number | undefined => {
  const digits = /\d+/.exec(range)?.[0]
  return digits === undefined ? undefined : Number(digits)
}
