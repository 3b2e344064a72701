// The load generator over HTTP/2: one request at a time on each of some streams of each connection.
import { connect } from 'node:http2'

process.on('message', async message => {
  if (message.load) process.send(await load(message.load))
})
process.send({ url: '' })

/** @param job `url`, `connections`, `streams`, `seconds`, `cookie`, and `expect`, the body of every right answer */
async function load(job) {
  const run = { job, requests: 0, wrong: 0, example: undefined }
  const started = performance.now()
  run.until = started + job.seconds * 1000
  await Promise.all(Array.from({ length: job.connections }, () => oneConnection(run)))
  const seconds = (performance.now() - started) / 1000
  return { ...run, job: undefined, seconds, rate: run.requests / seconds }
}

async function oneConnection(run) {
  const session = connect(run.job.url, { rejectUnauthorized: false })
  await Promise.all(Array.from({ length: run.job.streams }, () => oneStream(session, run)))
  session.close()
}

async function oneStream(session, run) {
  while (performance.now() < run.until) {
    const { status, text } = await ask(session, run.job.cookie)
    run.requests++
    if (status === 200 && text === run.job.expect) continue
    run.wrong++
    run.example ??= `${status} ${text}`
  }
}

function ask(session, cookie) {
  return new Promise((resolve, reject) => {
    const stream = session.request({ ':path': '/', cookie, accept: '*/*', 'user-agent': 'Mozilla/5.0' })
    let status
    let text = ''
    stream.on('response', headers => {
      status = headers[':status']
    })
    stream.setEncoding('utf8').on('data', chunk => {
      text += chunk
    })
    stream.on('end', () => resolve({ status, text })).on('error', reject)
  })
}
