/** The configuration of a gateway that does in production what the dev server does in development. */
import { nginxConf } from './nginx/conf.js'
import { signJs, textJs } from './nginx/njs.js'
import { readmeMd } from './nginx/readme.js'
import type { Gateway } from './settings.js'

/** Files of a folder by their names. */
export type Folder = Readonly<Record<string, string>>

/** What can be written, by the engine's name. */
export const ENGINES: Readonly<Record<string, (gateway: Gateway) => Folder>> = {
  nginx: gateway => ({
    'nginx.conf': nginxConf(gateway),
    'njs/sign.js': signJs(gateway),
    'njs/text.js': textJs(gateway),
    'README.md': readmeMd(gateway),
    '.gitignore': 'keys/\nrun/\nlogs/\n',
  }),
}
