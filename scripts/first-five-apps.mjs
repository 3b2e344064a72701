// The apps of scripts/first-five-minutes.mjs: how their usual generator makes them, and what of the README is done in each.

const [major, minor] = process.versions.node.split('.').map(Number)

/** The newest Angular asks for a newer Node than the oldest we support; of the last one before, not every part is out in every version. */
const ANGULAR = major > 22 || (major === 22 && minor >= 23) ? 'latest' : '20.3.39'

const NEXT_LINES = 'export ORY_JWKS_URL='

/** Where a program is waited for before the next one is started. */
const COMMAND = 'https://localhost:4000'

/**
 * `make`: not counted, it is what people had before. `files`: named by the comment in the first line of a block of the
 * README. `programs`: in order, each with what to wait for; `block` is a block of the README, in which `run` stands for
 * its last line.
 */
export const APPS = [
  {
    name: 'Vite',
    package: 'vite',
    make: ['npm create -y vite@latest app -- --template vanilla --no-interactive', 'cd app && npm install'],
    files: ['vite.config.js', 'server.mjs'],
    programs: [
      { line: 'node server.mjs', until: 'http://localhost:3001' },
      { line: 'npm run dev', until: 'http://localhost:5173' },
    ],
    url: 'http://localhost:5173',
  },
  {
    name: 'Next.js',
    package: 'next',
    make: ['npx -y create-next-app@latest app --yes --disable-git'],
    files: ['app/api/route.ts'],
    programs: [
      { block: 'local http://localhost:3000', until: COMMAND },
      { block: NEXT_LINES, until: 'http://localhost:3000' },
    ],
    url: COMMAND,
  },
  {
    name: 'Angular',
    package: '@angular/core',
    make: [`npx -y @angular/cli@${ANGULAR} new app --defaults --skip-git --ai-config none`],
    files: ['server.mjs'],
    // "the address of your dev server"
    edit: text => text.replace('http://localhost:5173', COMMAND),
    programs: [
      { line: 'npm start', until: 'http://localhost:4200' },
      { block: 'local http://localhost:4200', until: COMMAND },
      { block: NEXT_LINES, run: 'node server.mjs', until: 'http://localhost:3001' },
    ],
    url: COMMAND,
  },
  {
    name: 'Express',
    package: 'express',
    make: ['mkdir app && cd app && npm init -y && npm install express'],
    files: ['app.mjs'],
    programs: [
      { block: 'local http://localhost:3000', until: COMMAND },
      { block: NEXT_LINES, run: 'node app.mjs', until: 'http://localhost:3000' },
    ],
    url: COMMAND,
  },
]
