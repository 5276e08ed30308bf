"""Reads 125 holding registers again and again with pymodbus's client; prints polls and seconds."""

import sys
import time

from pymodbus.client import ModbusTcpClient

port, seconds = int(sys.argv[1]), float(sys.argv[2])
client = ModbusTcpClient("127.0.0.1", port=port)
assert client.connect()
for _ in range(50):
    client.read_holding_registers(0, 125, slave=1)
started = time.perf_counter()
polls = 0
while time.perf_counter() - started < seconds:
    reply = client.read_holding_registers(0, 125, slave=1)
    assert not reply.isError() and reply.registers[124] == 124
    polls += 1
print(polls, time.perf_counter() - started)
client.close()
