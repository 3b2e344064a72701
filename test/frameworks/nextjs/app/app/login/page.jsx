import { getLoginFlow } from '@ory/nextjs/app'
import config from '../../ory.config'

/** The fields of the flow as they come, without a library of components. */
export default async function Login({ searchParams }) {
  const flow = await getLoginFlow(config, searchParams)
  if (!flow) return null
  return (
    <form action={flow.ui.action} method={flow.ui.method}>
      {flow.ui.nodes.map(({ attributes: { name, type, value, node_type } }) =>
        node_type !== 'input' ? null : type === 'submit' ? (
          <button key={name + value} name={name} value={value} type="submit">
            {value}
          </button>
        ) : (
          <input key={name} name={name} type={type} defaultValue={value} />
        ),
      )}
    </form>
  )
}
