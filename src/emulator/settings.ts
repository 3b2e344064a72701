/** The configuration in force, as it is seen from wherever people reach us. It can be exchanged while we run. */
import { isLoopback } from '../common/loopback.js'
import { LruMap } from '../common/lru.js'
import { OryProxyError } from '../errors.js'
import type { Logger } from '../log.js'
import { awaitedBy } from './config/files.js'
import type { KratosConfig } from './config/model.js'
import type { ConfigSource } from './config/open.js'
import { baseFor, type Standing } from './config/place.js'
import { type ConfigFile, readConfig } from './config/read.js'
import { remarksOn } from './config/told/remarks.js'
import { FrontEnds } from './http/front-ends.js'
import { type CompiledSchema, compileSchema } from './schema/identity-schema.js'

/** The configuration as one address of ours has it. */
export interface View {
  /** Without a slash at the end. */
  readonly base: string
  readonly config: KratosConfig
}

/** Names of this machine that somebody may use in turn. */
const MAX_VIEWS = 50

export interface SettingsOptions {
  readonly source: ConfigSource | undefined
  readonly standing: Standing
  readonly log: Logger
  /** Where dev servers that forward to us are. */
  readonly ownOrigins: ReadonlySet<string>
  /** Whose cookies they are, as Ory Network names them after a project. */
  readonly project: string | undefined
}

async function openFile(
  source: ConfigSource | undefined,
  standing: Standing,
  log: Logger,
): Promise<ConfigFile> {
  const file = await readConfig(source, log)
  for (const remark of remarksOn(file, standing)) log.warn(remark)
  return file
}

function once(log: Logger): Logger {
  const told = new Set<string>()
  const say = (how: 'info' | 'warn') => (line: string) => {
    if (!told.has(line)) log[how](line)
    told.add(line)
  }
  return {
    info: say('info'),
    warn: say('warn'),
    error: line => log.error(line),
    debug: line => log.debug(line),
  }
}

function withProject(config: KratosConfig, project: string | undefined): KratosConfig {
  if (project === undefined) return config
  const { session } = config
  return { ...config, session: { ...session, cookie: { ...session.cookie, name: `ory_session_${project}` } } }
}

export class Settings {
  readonly #source: ConfigSource | undefined
  readonly #standing: Standing
  readonly #log: Logger
  /** Repeats nothing that was said at an earlier reading. */
  readonly #tell: Logger
  readonly #frontEnds: FrontEnds
  readonly #ownOrigins: ReadonlySet<string>
  readonly #project: string | undefined
  readonly #views = new LruMap<string, View>(MAX_VIEWS, () => 1)
  readonly #schemas = new Map<string, CompiledSchema>()
  #file: ConfigFile
  #awaited: readonly string[] = []
  /** Grows with every exchange. */
  revision = 0

  private constructor(
    file: ConfigFile,
    { source, standing, log, ownOrigins, project }: SettingsOptions,
    tell: Logger,
  ) {
    this.#file = file
    this.#source = source
    this.#standing = standing
    this.#log = log
    this.#tell = tell
    this.#ownOrigins = ownOrigins
    this.#project = project
    this.#frontEnds = new FrontEnds(log)
  }

  /** @throws {OryProxyError} `ORY_PROXY_EMULATOR_CONFIG` */
  static async open(options: SettingsOptions): Promise<Settings> {
    const tell = once(options.log)
    return new Settings(await openFile(options.source, options.standing, tell), options, tell)
  }

  /** Every file that counts, and those that would if they were there. */
  get files(): readonly string[] {
    return [...this.#file.files, ...this.#awaited]
  }

  /** Kratos' own address, as it is written: with or without a slash at the end. */
  get issuer(): string {
    const { baseUrl } = this.#file
    // A dev server's emulator is at another address at every start.
    if (this.#standing.embedded) return baseUrl ?? 'http://emulator.localhost/'
    const { base } = this.view
    return baseUrl === undefined || baseUrl.endsWith('/') ? `${base}/` : base
  }

  /** For what is no request. */
  get view(): View {
    return this.#viewAt(baseFor(this.#file, this.#standing))
  }

  /**
   * For a request.
   *
   * @param host what the request calls us
   * @param sender the page it is from, where it says so
   */
  async seenFrom(host: string, sender: string): Promise<View> {
    const { frontEnds } = this.#file
    const base = baseFor(this.#file, this.#standing, host)
    if (frontEnds.length > 0) {
      this.#frontEnds.noteSender(frontEnds, sender)
      await this.#frontEnds.look(frontEnds)
      for (const absent of frontEnds.filter(one => !this.#isUp(one.origin, base)))
        this.#frontEnds.tellAbsent(absent)
    }
    return this.#viewAt(base)
  }

  /** Whether the configuration itself says that people are there. */
  names(origin: string): boolean {
    return this.#file.frontEnds.some(one => one.origin === origin)
  }

  /** A schema by its id, the default one for an empty id; undefined if the configuration has none. */
  schema(wanted: string): CompiledSchema | undefined {
    const { default_schema_id, schemas } = this.view.config.identity
    const id = wanted || default_schema_id
    const source = schemas.find(schema => schema.id === id)
    if (source && !this.#schemas.has(id)) this.#schemas.set(id, compileSchema(id, source.schema))
    return this.#schemas.get(id)
  }

  /** Reads it anew. What is broken is said, and changes nothing. */
  async reread(): Promise<void> {
    const { port, adminPort } = this.#file
    try {
      this.#file = await openFile(this.#source, this.#standing, this.#tell)
      this.#awaited = []
    } catch (error) {
      this.#awaited = awaitedBy(error)
      const why = error instanceof OryProxyError ? error.message : String(error)
      return this.#log.error(`${why} (until that is mended, what was there before the edit counts)`)
    }
    this.revision++
    this.#views.clear()
    this.#schemas.clear()
    const moved = port !== this.#file.port || adminPort !== this.#file.adminPort
    this.#log.info(`${this.#file.name}: taken over${moved ? '; ports count from the next start on' : ''}`)
  }

  #viewAt(base: string): View {
    const isUp = (origin: string): boolean => this.#isUp(origin, base)
    const absent = this.#file.frontEnds.filter(({ origin }) => !isUp(origin))
    const key = [base, ...absent.map(({ origin }) => origin)].join(' ')
    const known = this.#views.get(key)
    if (known) return known
    const view = {
      base,
      config: withProject(this.#file.at({ base, isUp, embedded: this.#standing.embedded }), this.#project),
    }
    this.#views.set(key, view)
    return view
  }

  /** Who has a server in front of us, on whatever machine, has the pages there, too. */
  #isUp(origin: string, base: string): boolean {
    if (this.#ownOrigins.has(origin) || this.#frontEnds.isUp(origin)) return true
    return !isLoopback(new URL(origin).hostname) && !isLoopback(new URL(base).hostname)
  }
}
