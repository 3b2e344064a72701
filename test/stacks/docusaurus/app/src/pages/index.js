export default function Home() {
  return <p id="text">first</p>
}
