export function App() {
  return <p id="text">first</p>
}
