import { compatBuild } from '@embroider/compat'
import EmberApp from 'ember-cli/lib/broccoli/ember-app.js'

export default async function build(defaults) {
  const { buildOnce } = await import('@embroider/vite')
  return compatBuild(new EmberApp(defaults, {}), buildOnce)
}
