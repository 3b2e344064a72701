import { Text } from './text.jsx'

export default { title: 'Text', component: Text }

export const First = {}
