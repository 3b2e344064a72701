import { createFileRoute } from '@tanstack/react-router'

export const Route = createFileRoute('/api/who')({
  server: {
    handlers: {
      GET: ({ request }) => Response.json({ who: request.headers.get('authorization') ?? 'nobody' }),
    },
  },
})
