import { startEchoApp } from '../_app.js'

/** An app that notes every `Authorization` it is told. */
export async function startBelievingApp(): Promise<{
  readonly app: Awaited<ReturnType<typeof startEchoApp>>
  readonly believed: readonly string[]
}> {
  const believed: string[] = []
  const app = await startEchoApp((req, res) => {
    const { authorization } = req.headers
    if (authorization !== undefined) believed.push(authorization)
    req.resume().on('end', () => res.end(JSON.stringify({ headers: req.headers })))
  })
  return { app, believed }
}
