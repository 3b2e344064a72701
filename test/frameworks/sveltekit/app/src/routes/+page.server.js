import { redirect } from '@sveltejs/kit'

const who = request => request.headers.get('authorization') ?? 'nobody'

export const load = ({ request }) => ({ who: who(request) })

export const actions = {
  default: ({ request }) => redirect(303, `/?acted-as=${who(request).split(' ')[0]}`),
}
