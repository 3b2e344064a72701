import WebSocket from 'ws'

/** What a handshake's headers were when the app got it; the app sends them first. Rejects when refused. */
export function handshakeAt(
  url: string,
  headers: Record<string, string>,
  protocols: string[] = [],
): Promise<Record<string, string>> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url.replace('http', 'ws'), protocols, { headers, rejectUnauthorized: false })
    socket.once('error', reject)
    socket.once('message', data => {
      resolve(JSON.parse(data.toString()) as Record<string, string>)
      socket.close()
    })
  })
}
