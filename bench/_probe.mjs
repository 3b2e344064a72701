// Loaded into every process that is measured: tells its processor time and its memory when asked.
import { getHeapSpaceStatistics } from 'node:v8'

if (process.send) {
  let start = 0
  let peak = 0
  let watching
  const look = () => {
    peak = Math.max(peak, process.memoryUsage.rss())
  }
  const answers = {
    usage() {
      globalThis.gc?.()
      const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')
      return { ...process.memoryUsage(), young: young.space_size }
    },
    cpu() {
      const { user, system } = process.cpuUsage()
      return { cpu: (user + system) / 1e6 }
    },
    watch() {
      globalThis.gc?.()
      start = process.memoryUsage.rss()
      peak = start
      watching = setInterval(look, 10)
      return {}
    },
    peak() {
      clearInterval(watching)
      look()
      return { grown: peak - start }
    },
  }
  process.on('message', message => {
    const name = Object.keys(answers).find(key => message[key])
    if (name) process.send(answers[name]())
  })
}
