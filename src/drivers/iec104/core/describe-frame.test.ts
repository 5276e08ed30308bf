import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeFrame } from './describe-frame.ts'

const TIME = '3e3d1e81f90a1a'
const cases: readonly (readonly [octets: string, words: string])[] = [
  ['680407000000', 'U STARTDT act'],
  ['680401000a00', 'S N(R) 5'],
  ['680e0000020064010600010000000014', 'I 0 N(R) 1 C_IC_NA_1 activation, CA 1'],
  ['680e00000200640147000100000000 14', 'I 0 N(R) 1 C_IC_NA_1 activation confirmed negative, CA 1'],
  [
    `6819 1800 0e00 24010300 0100 a10f00 00006040 00 ${TIME}`,
    'I 12 N(R) 7 M_ME_TF_1 spontaneous, CA 1: 4001 = 3.5 at 2026-10-25 01:30:15.678 SU',
  ],
  ['6812 0000 0000 03021400 0100 010000 82 020000 00', 'I 0 N(R) 0 M_DP_NA_1 general interrogation, CA 1: 1 = true IV, 2 = (state 0)'],
  ['6811 0000 0000 02010300 0100 640000 01 3e3d9e', 'I 0 N(R) 0 M_SP_TA_1 spontaneous, CA 1: 100 = true at minute 30.261 IV'],
  ['680e 0000 0000 01020305 6400 01 6500 00', 'I 0 N(R) 0 M_SP_NA_1 spontaneous, CA 5: 100 = true, 101 = false'],
  ['680b 0000 0000 2d 01 06 00 01 00 00', 'I 0 N(R) 0 type 45 activation, CA 1'],
  ['6807 0000 0000 24 01 03', 'I 0 N(R) 0 an ASDU of 3 octets, too short'],
  ['4854545020', 'no frame of IEC 60870-5-104 (5 octets)'],
]

test('frames in words', () => {
  for (const [octets, words] of cases) {
    assert.equal(describeFrame('received', Buffer.from(octets.replaceAll(' ', ''), 'hex')), words)
  }
})
