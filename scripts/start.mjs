// The main job in one command: an app, Ory's emulator, and the proxy that joins them on one origin.
await import('../examples/cli/start.js')
