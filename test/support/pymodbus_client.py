"""Reads 1,000 holding registers, 125 at a time, again and again with pymodbus's client; prints reads, seconds, processor seconds."""

import sys
import time

from pymodbus.client import ModbusTcpClient

port, seconds = int(sys.argv[1]), float(sys.argv[2])
client = ModbusTcpClient("127.0.0.1", port=port)
assert client.connect()
for _ in range(50):
    client.read_holding_registers(0, 125, slave=1)
started = time.perf_counter()
busy = time.process_time()
reads = 0
while time.perf_counter() - started < seconds:
    for start in range(0, 1000, 125):
        reply = client.read_holding_registers(start, 125, slave=1)
        assert not reply.isError() and reply.registers[124] == start + 124
        reads += 1
print(reads, time.perf_counter() - started, time.process_time() - busy)
client.close()
