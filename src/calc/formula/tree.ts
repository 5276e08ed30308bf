import type { WindowFunction } from '../window.ts'

export interface Reference {
  readonly device: string
  readonly tag: string
}

export const BINARY = ['+', '-', '*', '/', '%', '^', '<', '<=', '>', '>=', '=', '!=', 'and', 'or'] as const
export type Binary = (typeof BINARY)[number]

export type Node =
  | { readonly type: 'number'; readonly value: number }
  | { readonly type: 'reference'; readonly slot: number }
  | { readonly type: 'unary'; readonly sign: '-' | 'not'; readonly of: Node }
  | { readonly type: 'binary'; readonly sign: Binary; readonly left: Node; readonly right: Node }
  | { readonly type: 'call'; readonly name: string; readonly args: readonly Node[] }

/** Where a value comes from: a tag, or a window over one. Equal ones share a slot. */
export interface Slot {
  /** Place in `references`. */
  readonly reference: number
  readonly window: { readonly name: WindowFunction; readonly seconds: number; readonly minCover: number } | null
}

/** A formula that was read: what it needs, and what is to be done with it. */
export interface Formula {
  readonly references: readonly Reference[]
  readonly slots: readonly Slot[]
  readonly root: Node
}

const SHOWN: Readonly<Record<string, string>> = { '-': '−', '*': '×', '/': '÷', '<=': '≤', '>=': '≥', '!=': '≠' }

/** @returns the formula with every bracket that its precedences imply, e.g. `−(2^2)`: what the editor shows beside the text */
export function bracketed(formula: Formula): string {
  const show = (node: Node, outer: boolean): string => {
    switch (node.type) {
      case 'number':
        return String(node.value)
      case 'reference':
        return slotText(formula, node.slot)
      case 'unary':
        return `${node.sign === '-' ? '−' : 'not '}${show(node.of, false)}`
      case 'call':
        return `${node.name}(${node.args.map((one) => show(one, true)).join(', ')})`
      case 'binary': {
        const text = `${show(node.left, false)} ${SHOWN[node.sign] ?? node.sign} ${show(node.right, false)}`
        return outer ? text : `(${text})`
      }
    }
  }
  return show(formula.root, true)
}

function slotText({ slots, references }: Formula, slot: number): string {
  const { reference, window } = slots[slot] ?? { reference: -1, window: null }
  const { device, tag } = references[reference] ?? { device: '?', tag: '?' }
  return window === null ? `${device}:${tag}` : `${window.name}(${device}:${tag}, ${window.seconds} s)`
}
