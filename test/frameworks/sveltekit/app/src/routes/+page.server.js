export const load = ({ request }) => ({ who: request.headers.get('authorization') ?? 'nobody' })
