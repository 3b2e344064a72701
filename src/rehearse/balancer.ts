/** Several gateways behind one port, as a load balancer has them: one connection each in turn. */
import { connect, createServer, type Socket } from 'node:net'

/** One that runs. */
export interface Balancer {
  close(): Promise<void>
}

export async function startBalancer(port: number, ports: readonly number[]): Promise<Balancer> {
  const open = new Set<Socket>()
  let turn = 0
  const server = createServer(client => {
    const gateway = connect(ports[turn++ % ports.length]!, '127.0.0.1')
    for (const [from, to] of [
      [client, gateway],
      [gateway, client],
    ] as const) {
      open.add(from)
      from.pipe(to)
      from.on('error', () => to.destroy())
      from.on('close', () => {
        open.delete(from)
        to.destroy()
      })
    }
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  return {
    close() {
      for (const socket of open) socket.destroy()
      return new Promise(resolve => server.close(() => resolve()))
    },
  }
}
