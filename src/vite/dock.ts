import { MOUNT } from '../middleware/mount.js'

/** What of Vite DevTools is used (https://github.com/vitejs/devtools): it has docks, and we are one. */
interface DevTools {
  readonly docks: { register(dock: Readonly<Record<string, string>>): unknown }
}

/** A key. In the page itself: icons by name are fetched from the internet. */
const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24' fill='none' stroke='%236b74ff' stroke-width='2' stroke-linecap='round'%3E%3Ccircle cx='8' cy='15' r='4'/%3E%3Cpath d='m11 12 9-9m-4 4 3 3'/%3E%3C/svg%3E"

/** The tools as a tab of Vite DevTools; a Vite without them does not look at it. */
export const dock = {
  setup({ docks }: DevTools): void {
    docks.register({
      id: 'ory-proxy',
      title: 'Ory',
      icon: ICON,
      type: 'iframe',
      url: `${MOUNT}/dev`,
      category: 'app',
    })
  },
}
