# cmake -DARTIFACT=... -DOUTPUT=... -P embed_contract.cmake
# Writes what C++ needs of contracts/FederatedRun.json as an .inc of initialisers.
cmake_minimum_required(VERSION 3.25)
file(READ "${ARTIFACT}" json)

# byte_list(OUT MEMBER): hex digits as 0x12,0x34,...
function(byte_list out member)
  string(JSON hex GET "${json}" "${member}")
  string(REGEX REPLACE "(..)" "0x\\1," list "${hex}")
  set(${out} "${list}" PARENT_SCOPE)
endfunction()

# immutable_list(OUT): {"name", offset}, for each place in the runtime code.
function(immutable_list out)
  string(JSON references GET "${json}" immutableReferences)
  string(JSON count LENGTH "${references}")
  math(EXPR last "${count} - 1")
  set(list "")
  foreach(i RANGE ${last})
    string(JSON name MEMBER "${references}" ${i})
    string(JSON places LENGTH "${references}" ${name})
    math(EXPR last_place "${places} - 1")
    foreach(j RANGE ${last_place})
      string(JSON start GET "${references}" ${name} ${j} start)
      string(APPEND list "{\"${name}\", ${start}},\n")
    endforeach()
  endforeach()
  set(${out} "${list}" PARENT_SCOPE)
endfunction()

# error_list(OUT): {"Name", "type name,type name"}, for each error of the ABI.
function(error_list out)
  string(JSON abi GET "${json}" abi)
  string(JSON count LENGTH "${abi}")
  math(EXPR last "${count} - 1")
  set(list "")
  foreach(i RANGE ${last})
    string(JSON type GET "${abi}" ${i} type)
    if(NOT type STREQUAL error)
      continue()
    endif()
    string(JSON name GET "${abi}" ${i} name)
    string(JSON inputs LENGTH "${abi}" ${i} inputs)
    set(parameters "")
    if(inputs GREATER 0)
      math(EXPR last_input "${inputs} - 1")
      foreach(j RANGE ${last_input})
        string(JSON input_type GET "${abi}" ${i} inputs ${j} type)
        string(JSON input_name GET "${abi}" ${i} inputs ${j} name)
        string(APPEND parameters "{\"${input_type}\", \"${input_name}\"},")
      endforeach()
    endif()
    string(APPEND list "{\"${name}\", {${parameters}}},\n")
  endforeach()
  set(${out} "${list}" PARENT_SCOPE)
endfunction()

byte_list(creation bytecode)
byte_list(runtime deployedBytecode)
immutable_list(immutables)
error_list(errors)
file(WRITE "${OUTPUT}" "// Written by embed_contract.cmake from contracts/FederatedRun.json.
constexpr uint8_t creation_code[] = {${creation}};
constexpr uint8_t runtime_code[] = {${runtime}};
const immutable_place immutable_places[] = {
${immutables}};
const error_shape error_shapes[] = {
${errors}};
")
