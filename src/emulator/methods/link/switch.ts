import type { Core } from '../../core.js'

/** Which submissions are for links, and whether links are switched on. */
export const linkSwitch = {
  id: 'link',
  enabled: (core: Core): boolean => core.config.selfservice.methods.link.enabled,
}
