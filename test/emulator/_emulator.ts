import { type Emulator, type EmulatorOptions, startEmulator } from '../../src/emulator/index.js'

/** An answer, its body parsed where it is JSON. */
export interface Reply {
  status: number
  headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  body: any
}

export interface Client {
  emulator: Emulator
  send(method: string, url: string, body?: unknown, headers?: Record<string, string>): Promise<Reply>
  /** Of the admin API. */
  admin(method: string, path: string, body?: unknown): Promise<Reply>
  /** Of the public API. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply>
}

export async function startClient(options: EmulatorOptions = {}): Promise<Client> {
  const emulator = await startEmulator(options)
  const send: Client['send'] = async (method, url, body, headers = {}) => {
    const response = await fetch(url, {
      method,
      redirect: 'manual',
      headers: {
        accept: 'application/json',
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.startsWith('application/json')
    return {
      status: response.status,
      headers: response.headers,
      body: isJson && text !== '' ? JSON.parse(text) : text,
    }
  }
  return {
    emulator,
    send,
    admin: (method, path, body) => send(method, `${emulator.adminUrl}${path}`, body),
    call: (method, path, body, headers) => send(method, `${emulator.url}${path}`, body, headers),
  }
}

/** A session token of somebody who signs in with a password. */
export async function signIn(client: Client, identifier: string, password: string): Promise<Reply> {
  const flow = await client.call('GET', '/self-service/login/api')
  return client.call('POST', `/self-service/login?flow=${flow.body.id}`, {
    method: 'password',
    identifier,
    password,
  })
}
