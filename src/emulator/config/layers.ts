/** Several files as one configuration, as Kratos overlays them (https://www.ory.com/docs/kratos/configuring). */
import type { Json, JsonObject } from '../store/model.js'
import type { DocumentPath, TextDocument } from './document.js'
import { depthOf, isSection } from './paths.js'

/** Sections are merged, key by key; of everything else, lists included, the last file's counts. */
export function overlay(layers: readonly [TextDocument, ...TextDocument[]]): TextDocument {
  const [first, ...others] = layers
  if (others.length === 0) return first
  const of = (path: DocumentPath): TextDocument => owner(layers, path)
  return {
    value: layers.map(({ value }): Json => value ?? {}).reduce(merge),
    at: path => of(path).at(path),
    problem: (path, message, cause) => of(path).problem(path, message, cause),
    folder: path => of(path).folder(path),
  }
}

function merge(below: Json, above: Json): Json {
  if (!isSection(below) || !isSection(above)) return above
  const merged: JsonObject = { ...below }
  for (const [key, value] of Object.entries(above)) {
    const before = merged[key]
    merged[key] = before === undefined ? value : merge(before, value)
  }
  return merged
}

/** The last file that has the value, or most of the way to it. */
function owner(layers: readonly [TextDocument, ...TextDocument[]], path: DocumentPath): TextDocument {
  let best = { layer: layers[0] as TextDocument, depth: -1 }
  for (const layer of layers) {
    const depth = depthOf(layer.value, path)
    if (depth >= best.depth) best = { layer, depth }
  }
  return best.layer
}
