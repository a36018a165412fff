# cmake -DFILE=... -DOUTPUT=... -P embed_file.cmake
# Writes the bytes of FILE as an .inc: an initialiser's list, 0x12,0x34,...
cmake_minimum_required(VERSION 3.25)
file(READ "${FILE}" hex HEX)
string(REGEX REPLACE "(..)" "0x\\1," list "${hex}")
file(WRITE "${OUTPUT}" "${list}\n")
