import { readFile } from 'node:fs/promises'
import { Command } from 'commander'
import { OryProxyError } from '../../errors.js'

/** `ory-proxy jsonnet FILE`: tries a mapper or a body by hand. */
export function jsonnetCommand(): Command {
  return new Command('jsonnet')
    .summary('run a Jsonnet mapper or body by hand')
    .description('Runs a Jsonnet file as Kratos does: a function gets `ctx`, a mapper std.extVar("claims").')
    .argument('<file>', 'the mapper or body')
    .option('--ctx <file>', 'JSON: `ctx` of a function; each field a std.extVar as well')
    .addHelpText('after', '\nExample: ory-proxy jsonnet mapper.jsonnet --ctx ctx.json')
    .action(async (file: string, { ctx }: { ctx?: string }) => {
      const [source, given] = await Promise.all([text(file), ctx === undefined ? '{}' : text(ctx)])
      process.stdout.write(await run(source, file, contextOf(given, ctx ?? '')))
    })
}

async function text(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new OryProxyError('ORY_PROXY_BAD_OPTION', `${file} cannot be read (${code ?? 'unknown'})`, {
      cause: error,
    })
  }
}

function contextOf(json: string, file: string): Record<string, unknown> {
  try {
    const context: unknown = JSON.parse(json)
    if (typeof context === 'object' && context !== null && !Array.isArray(context))
      return context as Record<string, unknown>
  } catch (error) {
    throw new OryProxyError(
      'ORY_PROXY_BAD_OPTION',
      `--ctx ${file} is not JSON: ${(error as Error).message}`,
      { cause: error },
    )
  }
  throw new OryProxyError('ORY_PROXY_BAD_OPTION', `--ctx ${file} is not a JSON object`)
}

async function run(source: string, file: string, context: Record<string, unknown>): Promise<string> {
  const { load, JsonnetError } = await import('../../jsonnet/index.js')
  const trace = (line: string): void => void process.stderr.write(`TRACE: ${line}\n`)
  try {
    return load(source, file).run({ extVars: context, args: { ctx: context }, trace })
  } catch (error) {
    if (!(error instanceof JsonnetError)) throw error
    throw new OryProxyError('ORY_PROXY_JSONNET', error.line, { cause: error })
  }
}
