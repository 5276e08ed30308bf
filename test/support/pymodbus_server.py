"""An independent Modbus TCP server for our tests (Debian's python3-pymodbus 3.0). Prints its port; ends with its input."""

import asyncio
import os
import socket
import struct
import sys
import threading

from pymodbus.datastore import ModbusSequentialDataBlock, ModbusServerContext, ModbusSlaveContext, ModbusSparseDataBlock
from pymodbus.server import StartAsyncTcpServer


def words(raw):
    return list(struct.unpack(">%dH" % (len(raw) // 2), raw))


def ordered(raw, order):
    pairs = [raw[i : i + 2] for i in range(0, len(raw), 2)]
    if order in ("CDAB", "DCBA"):
        pairs.reverse()
    if order in ("BADC", "DCBA"):
        pairs = [pair[::-1] for pair in pairs]
    return b"".join(pairs)


holding = {}


def put(address, raw):
    for i, word in enumerate(words(raw)):
        holding[address + i] = word


put(0, struct.pack(">hH", -1234, 54321))
for n, order in enumerate(("ABCD", "CDAB", "BADC", "DCBA")):
    base = 100 + n * 40
    put(base, ordered(struct.pack(">f", 123.5), order))
    put(base + 2, ordered(struct.pack(">i", -123456789), order))
    put(base + 4, ordered(struct.pack(">I", 4000000000), order))
    put(base + 6, ordered(struct.pack(">d", -2.25), order))
    put(base + 10, ordered(struct.pack(">q", -9007199254740995), order))
    put(base + 14, ordered(struct.pack(">Q", 18446744073709551615), order))
put(300, b"PUMP 01\0")
put(304, b"UPPM0 \0" + b"1")
put(400, b"\x00\x08")
for lonely in (500, 502, 504):
    holding[lonely] = lonely

unit = ModbusSlaveContext(
    di=ModbusSequentialDataBlock(0, [0, 1] * 50),
    co=ModbusSequentialDataBlock(0, [1, 0, 0] * 40),
    hr=ModbusSparseDataBlock(holding),
    ir=ModbusSequentialDataBlock(0, list(range(1000, 1100))),
    zero_mode=True,
)


def end_with_parent():
    sys.stdin.read()
    os._exit(0)


async def main():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    threading.Thread(target=end_with_parent, daemon=True).start()
    asyncio.get_running_loop().create_task(announce(port))
    await StartAsyncTcpServer(context=ModbusServerContext(slaves={1: unit}, single=False), address=("127.0.0.1", port))


async def announce(port):
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            break
        except OSError:
            await asyncio.sleep(0.02)
    print(port, flush=True)


asyncio.run(main())
