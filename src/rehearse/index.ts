/** Production's gateway on this machine: the real engine, from the exported folder, in front of the app. */
import { createServer } from 'node:net'
import { OryProxyError } from '../errors.js'
import type { Gateway } from '../export/settings.js'
import { type Balancer, startBalancer } from './balancer.js'
import { type RunningGateway, startGateway } from './gateway.js'
import { newKey } from './keys.js'
import { PROGRAMS } from './programs.js'

/** What is rehearsed. */
export interface RehearsalOptions {
  readonly engine: string
  /** As it would be exported; where it listens is decided here. */
  readonly settings: Omit<Gateway, 'publicUrl' | 'listen' | 'listenHost' | 'signerPort'>
  /** The one port people use. */
  readonly port: number
  /** Gateways behind it, with one key set. */
  readonly workers: number
}

/** One that runs. */
export interface Rehearsal {
  readonly url: string
  /** The private key that all of them sign with, as PEM. */
  readonly key: string
  readonly gateways: readonly RunningGateway[]
  /** Says what ended, when something did that nobody closed. */
  readonly ended: Promise<string>
  close(): Promise<void>
}

/**
 * Starts it.
 *
 * @throws {OryProxyError} `ORY_PROXY_BAD_OPTION` for an engine that is none, `ORY_PROXY_REHEARSE`
 */
export async function startRehearsal(options: RehearsalOptions): Promise<Rehearsal> {
  const { engine, settings, port, workers } = options
  if (!Object.hasOwn(PROGRAMS, engine)) {
    const known = Object.keys(PROGRAMS).join(', ')
    throw new OryProxyError('ORY_PROXY_BAD_OPTION', `There is no rehearsal on "${engine}": ${known}.`)
  }
  const publicUrl = new URL(`http://localhost:${port}`)
  const key = newKey()
  const gateways: RunningGateway[] = []
  let balancer: Balancer | undefined
  const close = async (): Promise<void> => {
    await balancer?.close()
    await Promise.all(gateways.map(gateway => gateway.close()))
  }
  try {
    const ports: number[] = []
    for (let worker = 0; worker < workers; worker++) {
      const [own = 0, ...signer] = await freePorts(workers === 1 ? port : undefined)
      ports.push(own)
      // The emulator may be behind it, where anybody can be anybody: production's network is not this machine's.
      const listens = { listen: own, listenHost: '127.0.0.1', signerPort: signer[0]! }
      const gateway = { ...settings, publicUrl, ...listens }
      gateways.push(await startGateway(engine, gateway, key))
    }
    if (workers > 1) balancer = await startBalancer(port, ports)
  } catch (error) {
    await close()
    throw error
  }
  return {
    url: publicUrl.origin,
    key,
    gateways,
    ended: Promise.race(gateways.map(({ ended }) => ended)),
    close,
  }
}

/** Three in a row for what stands beside the engine, after one for the engine itself. */
async function freePorts(own?: number): Promise<number[]> {
  const [listen = 0] = own === undefined ? await held(0) : [own]
  for (;;) {
    const [first = 0] = await held(0)
    const row = [first, first + 1, first + 2]
    if (!row.includes(listen) && first < 65_000 && (await areFree(row))) return [listen, ...row]
  }
}

const areFree = async (ports: readonly number[]): Promise<boolean> => {
  for (const port of ports) if ((await held(port)).length === 0) return false
  return true
}

/** Listens for a moment; the port, or nothing where it is taken. */
function held(port: number): Promise<number[]> {
  const probe = createServer()
  return new Promise(resolve => {
    probe.once('error', () => resolve([]))
    probe.listen(port, '127.0.0.1', () => {
      const address = probe.address()
      const got = typeof address === 'object' && address !== null ? [address.port] : []
      probe.close(() => resolve(got))
    })
  })
}
