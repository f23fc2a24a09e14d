-- audit.lua
-- What a user would write instead of the audit: flags flows between hosts of a table that are on
-- no port of another table
--
-- Copyright 2026 smsrc contributors
-- SPDX-License-Identifier: GPL-2.0-or-later

-- Made for the comparison in RESULTS.md, and written as well as Wireshark's Lua allows: a flow is
-- checked once, all else is two lookups a packet. It knows neither services nor learned roles.
-- SMSRC_BENCH_HOSTS: "address=role,..."; the ports of the matrix, for any pair of roles, are below.

local roles = {}
for host, role in string.gmatch(os.getenv("SMSRC_BENCH_HOSTS") or "", "([^=,]+)=([^=,]+)") do
    roles[host] = role
end

local ports = {}
for _, port in ipairs({ 7, 9, 25, 53, 67, 68, 80, 88, 135, 137, 138, 139, 389, 443, 445, 636, 1433,
                        1723, 2701, 2702, 2703, 2704, 3268, 3269, 8530, 8531 }) do
    ports[port] = true
end

local audit = Proto("benchaudit", "Ports of SMS hosts")
local f_verdict = ProtoField.string("benchaudit.verdict", "Verdict")
local e_off = ProtoExpert.new("benchaudit.off", "Off the matrix", expert.group.SECURITY,
                              expert.severity.WARN)
audit.fields = { f_verdict }
audit.experts = { e_off }

local judged = {} -- "low:port high:port" to a verdict
local first = {}  -- the same to the frame that is flagged

function audit.init()
    judged, first = {}, {}
end

function audit.dissector(_, pinfo, tree)
    local kind = pinfo.port_type
    if kind ~= 2 and kind ~= 3 then -- PT_TCP, PT_UDP
        return
    end
    local src, dst = tostring(pinfo.src), tostring(pinfo.dst)
    if not roles[src] or not roles[dst] then
        return
    end
    local src_port, dst_port = pinfo.src_port, pinfo.dst_port
    local key
    if src < dst or (src == dst and src_port < dst_port) then
        key = kind .. src .. ":" .. src_port .. " " .. dst .. ":" .. dst_port
    else
        key = kind .. dst .. ":" .. dst_port .. " " .. src .. ":" .. src_port
    end
    local verdict = judged[key]
    if verdict == nil then
        verdict = (ports[src_port] or ports[dst_port]) and "Listed" or "Off matrix"
        judged[key] = verdict
        if verdict == "Off matrix" then
            first[key] = pinfo.number
        end
    end
    local item = tree:add(audit)
    item:add(f_verdict, verdict):set_generated()
    if first[key] == pinfo.number then
        item:add_proto_expert_info(e_off, "on no port of the matrix")
    end
end

register_postdissector(audit)
