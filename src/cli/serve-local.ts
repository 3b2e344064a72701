import type { AddressInfo } from 'node:net'
import { createForwarder } from '../forward.js'
import { createLogger, silentLogger } from '../log.js'
import type { OryOptions } from '../options.js'
import { type Ory, startOry } from '../setup.js'
import { createPlainEntry } from '../tls/server.js'
import { banner } from './banner.js'
import type { LocalFlags } from './local.js'
import { GRACE, untilSignal } from './run.js'

/** Starts the proxy and serves until a signal comes. */
export async function serveLocal(app: URL, publishUrl: string | undefined, flags: LocalFlags): Promise<void> {
  const { port, host, https: _https, open, quiet = false, rewriteHost = false, ...rest } = flags
  const logger = quiet
    ? { ...silentLogger, error: createLogger().error }
    : createLogger(rest.debug ? 'debug' : 'info')
  const options: OryOptions = { ...rest, logger, ...(publishUrl !== undefined && { publicUrl: publishUrl }) }
  const ory = await startOry(options)
  const forwarder = createForwarder({ app, rewriteHost, trustForwarded: ory.options.trustForwarded })
  const entry = createPlainEntry({
    onRequest: (req, res) => ory.middleware(req, res, () => forwarder.request(req, res)),
    onUpgrade: forwarder.upgrade,
  })
  ory.gateUpgrades(entry.server)
  const address = await entry.listen(port, host).catch(async error => {
    await ory.close()
    throw error
  })
  const url = publishUrl ?? address_(address, host)
  logger.info(banner({ url, app, ory }))
  untilSignal(async () => {
    await entry.close(GRACE)
    forwarder.close()
    await ory.close()
  })
  if (open) await openBrowser(url)
}

/** What a person types: cookies of 127.0.0.1 and localhost are not the same, and localhost is what people type. */
function address_({ port }: AddressInfo, host: string): string {
  const name = host === '127.0.0.1' || host === '::1' ? 'localhost' : host
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`
}

async function openBrowser(url: string): Promise<void> {
  if (process.env['CI'] || !process.stdout.isTTY) return
  const { default: open } = await import('open')
  await open(url).catch(() => {}) // no browser here: the banner names the address
}

export type { Ory }
